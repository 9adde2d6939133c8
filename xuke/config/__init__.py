"""How the parts are put together: settings, addresses, navigation, the command line. Imports all, is imported by none."""
