"""The texts of a running bot: changed, built apart, taken in one step, taken back, backed up."""
