//! Rules in words, and how calls relate to what they name.
