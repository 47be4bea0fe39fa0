"""What people do in Discord, one file for each group of things: defer, ask, answer."""
