"""What installing the add-on does beside creating its tables."""


def post_init_hook(env):
    """Profiles for the customers who bought before the add-on was there."""
    env["oneonone.profile"]._refresh()
