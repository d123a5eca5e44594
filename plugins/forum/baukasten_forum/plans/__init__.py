"""Plans that people remark on: a text in passages, a picture with places."""
