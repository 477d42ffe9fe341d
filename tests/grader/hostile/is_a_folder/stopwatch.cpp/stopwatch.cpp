// Nobody looks here.
