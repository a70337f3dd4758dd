"""Both paths on one document, and pictures held against each other. No picture is decoded here: a locked worker does
it, and what it says is read like all that a worker says, as untrusted."""
