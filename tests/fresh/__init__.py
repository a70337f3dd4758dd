"""Whether the README works on a bare system: ``./run test-fresh``, on systems that debootstrap makes."""
