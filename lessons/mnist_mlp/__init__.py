"""One layer against three on handwritten digits: size and optimizer."""
