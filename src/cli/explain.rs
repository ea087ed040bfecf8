//! `planproof explain`: how one command is read, and what the rules say to it.
