#!/bin/busybox sh
# The guest's first program, from the initramfs: the machine's own files over 9p become the root, and guest.sh goes on there.
export PATH=/bin
/bin/busybox --install -s /bin
for module in /modules/*; do
    insmod "$module"
done
mount -t proc proc /proc
mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,msize=512000,ro root /root ||
    { echo "no root"; poweroff -f; }
mount -t devtmpfs dev /root/dev
umount /proc
exec switch_root /root /bin/sh /vm/guest.sh
