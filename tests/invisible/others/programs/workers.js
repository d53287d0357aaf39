// Node: worker threads that pass messages, share memory and wait on it, beside libuv's own pool.
'use strict';
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const crypto = require('crypto');
const fs = require('fs');
const WORKERS = 4;
const ROUNDS = 2000;

function work() {
  const cells = new Int32Array(workerData.memory);
  for (let i = 0; i < ROUNDS; i++)
    Atomics.add(cells, 0, 1);
  Atomics.add(cells, 1, 1);
  Atomics.notify(cells, 1);
  Atomics.wait(cells, 2, 0);
  parentPort.on('message', (text) => {
    parentPort.postMessage(crypto.createHash('sha256').update(text).digest('hex'));
    parentPort.close();
  });
}

function start(memory) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: { memory } });
    const answers = [];
    worker.on('message', (answer) => answers.push(answer));
    worker.on('error', reject);
    worker.on('exit', (status) => resolve({ status, answers }));
    worker.postMessage('the same text for all');
  });
}

function derive(number) {
  return new Promise((resolve, reject) => {
    crypto.pbkdf2('secret', 'salt' + number, 2000, 16, 'sha512',
      (error, key) => (error ? reject(error) : resolve(key.toString('hex'))));
  });
}

async function main() {
  const memory = new SharedArrayBuffer(16);
  const cells = new Int32Array(memory);
  const workers = Array.from({ length: WORKERS }, () => start(memory));
  const keys = await Promise.all(Array.from({ length: 16 }, (_, number) => derive(number)));
  while (Atomics.load(cells, 1) < WORKERS)
    await fs.promises.stat(__filename);
  Atomics.store(cells, 2, 1);
  Atomics.notify(cells, 2);
  for (const { status, answers } of await Promise.all(workers))
    console.log(status, answers.join());
  console.log(cells[0], keys.join('\n'));
  process.exitCode = 5;
}

if (isMainThread)
  main();
else
  work();
