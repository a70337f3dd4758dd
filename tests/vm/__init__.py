"""The sandbox on kernels that this machine does not run: ``./run test-vm``, by ``qemu-system-x86_64``."""
