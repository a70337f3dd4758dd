"""What makes an escape worth more than it has to be: foot-guns of a deployment, found while it runs or in its file."""
