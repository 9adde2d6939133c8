"""Every address by everybody, and every table by everybody: the promise that nobody sees what is not theirs."""
