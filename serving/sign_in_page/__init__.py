"""The page on which people sign in and out."""

from serving.sign_in_page.render import render_account, render_sign_in

__all__ = ["render_account", "render_sign_in"]
