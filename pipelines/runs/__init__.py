"""The run folder on disk.

folder        one lock per name, a stage beside the destination, one atomic switch
manifest      what a finished run read, how it was made, and a hash of every file
store         values between steps as files, and where each lies
finished      documents and counts of a finished run
fingerprints  name, size and hash of each source
retention     which finished runs are kept
"""
