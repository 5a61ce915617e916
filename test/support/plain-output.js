// Colours come on by themselves where CI is set; the texts that tests compare are the plain ones everywhere.
process.env.NO_COLOR = '1';
delete process.env.FORCE_COLOR;
