"""How the bot does, for those who run it: logs, metrics, health, checks, licences, systemd."""
