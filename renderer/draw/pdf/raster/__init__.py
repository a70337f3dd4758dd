"""What PDF has no words for, as pixels: blurs, noise, and two blend modes."""
