"""What areas and glyphs are painted with: colours, gradients and images."""
