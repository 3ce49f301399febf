# Lines of text as the strings of a C array.
s/[\\"]/\\&/g
s/.*/    "&",/
