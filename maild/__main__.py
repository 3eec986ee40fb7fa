"""`python -m maild` is the same as `maild`."""

from maild.cli import main

if __name__ == "__main__":
    main()
