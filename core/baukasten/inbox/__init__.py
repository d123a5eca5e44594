"""The inbox: letters to signed addresses are checked at the door, kept, and handed to whom they are for."""
