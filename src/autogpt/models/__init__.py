"""Models: everything that answers a Request. Handed to the rest as the contract `Model`; imports only `core`."""
