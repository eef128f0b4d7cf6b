/**
 * Loaded before the code of every process that the launcher starts (`node --import`): the process
 * ends when the launcher does, however that ended, so `kill -9` of the launcher leaves no orphan.
 */
process.once("disconnect", () => process.exit(1));
process.channel?.unref();
