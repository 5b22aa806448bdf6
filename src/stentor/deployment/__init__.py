"""What stands in front of the house: the configurations made from its settings. Pure."""
