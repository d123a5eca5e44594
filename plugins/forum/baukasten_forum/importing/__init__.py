"""Taking forums over from elsewhere: tables of contributions, backups of Discourse, dumps of phpBB."""
