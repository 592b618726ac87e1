"""What an import says to people; the codes come from the pure reader."""


def phases(env):
    """What a running import is doing, by the codes of `loader` and `runner`."""
    return {
        "survey": env._("Checking the file"),
        "wait": env._("Waiting for another import"),
        "read": env._("Reading lines"),
        "match": env._("Finding what is new"),
        "create_customer": env._("Creating customers"),
        "create_product": env._("Creating products"),
        "insert": env._("Storing purchases"),
        "profiles": env._("Computing profiles"),
        "done": env._("Done"),
    }


def reasons(env):
    """Why a line is rejected, in words, by the codes of `tools.history_file`."""
    return {
        "no_customer": env._("The line has no customer."),
        "no_order": env._("The line has no order number."),
        "no_product": env._("The line has no product."),
        "columns": env._("The line has more or fewer columns than the header."),
        "quote": env._("A quotation mark is opened and not closed."),
        "too_long": env._("The line, or a text in it, is too long."),
        "control": env._("The line contains unprintable characters."),
        "date": env._("The date does not exist or is not written YYYY-MM-DD HH:MM."),
        "date_future": env._("The date is in the future."),
        "quantity": env._("The quantity is not a number (decimal sign: a point)."),
        "amount": env._("The amount is not a number (decimal sign: a point)."),
        "range": env._("The quantity or the amount is too large."),
    }


def file_error(env, error):
    """Why the whole file is refused and what to do, in words."""
    texts = {
        "empty": env._("The file is empty. Export it again."),
        "truncated": env._(
            "The file is cut off: the end of the packed data is missing. Copy or export it "
            "again. Nothing was imported."
        ),
        "damaged": env._(
            "The packed file is damaged. Copy or export it again. Nothing was imported."
        ),
        "encoding": env._(
            "Line %(line)s is neither UTF-8 nor clearly GB18030. Save the file as "
            "“CSV UTF-8” and import it again. Nothing was imported."
        ),
        "header": env._(
            "The first line has to name the columns customer_id, date, order_id, product, "
            "quantity, amount (and, if you have them, country, customer_name, product_name), "
            "separated by commas. It reads: %(found)s\nMissing: %(missing)s\n"
            "Unknown: %(unknown)s\nNothing was imported."
        ),
    }
    return texts[error.code] % error.values
