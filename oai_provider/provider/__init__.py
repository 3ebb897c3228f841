"""A repository at work: items come in as finished records, requests are answered."""
