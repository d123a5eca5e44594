"""When a room is open: its windows, what each phase allows, the calendar, and what people see of it."""
