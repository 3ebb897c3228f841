"""What people have, read into Items: pages, item files, XML of other systems."""
