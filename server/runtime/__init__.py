"""Runs experiments: sessions, the host that steps many of them in turn, and the engines that own the hosts."""
