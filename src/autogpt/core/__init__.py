"""The nouns and the contracts. Imports nothing else of ours; everything else imports this."""
