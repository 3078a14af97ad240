"""The screens: pages that people use in a browser, served by the application itself."""
