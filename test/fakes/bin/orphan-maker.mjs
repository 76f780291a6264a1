// Starts the vision process named by the arguments, prints its id and waits to be killed.
const [clientFile, clockFile, childFile, settings] = process.argv.slice(2);
const { VisionClient } = await import(clientFile);
const { MonotonicClock } = await import(clockFile);
const vision = new VisionClient({
  settings: JSON.parse(settings),
  clock: new MonotonicClock(),
  childFile,
  log: () => undefined,
});
vision.onStatus((status) => {
  if (status.process === 'running' && status.camera === 'running') process.stdout.write(`${vision.pid}\n`);
});
await vision.start();
