"""What the law says, article by article: titles, numbers, validity, and a summary of each article in our own words.

Data with dates, read from files and never changed while the system runs. It knows which articles there are and finds
them in the text of a basis (依据); what rests on which article is told to it by the apps above.
"""
