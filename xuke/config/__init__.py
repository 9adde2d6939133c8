"""How the parts are put together: settings, addresses, navigation, command line. Imports all, is imported by none."""
