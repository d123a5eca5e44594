// The bare ws fan-out: rooms are sets of sockets, what is said goes to each of them as it came.
const { WebSocketServer } = require("ws");

const rooms = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 1024 });

function enter(socket, name) {
  if (!rooms.has(name)) rooms.set(name, new Set());
  const room = rooms.get(name);
  room.add(socket);
  socket.on("close", () => room.delete(socket));
  socket.send(JSON.stringify({ ok: true, count: room.size }));
}

server.on("connection", (socket) => {
  socket.on("message", (data) => {
    const [event, kind, id, message] = JSON.parse(data);
    const name = `${kind}:${id}`;
    if (event === "enter") {
      enter(socket, name);
      return;
    }
    const text = Buffer.from(JSON.stringify(["ring", message]));
    for (const one of rooms.get(name) ?? []) {
      if (one.readyState === one.OPEN) one.send(text, { binary: false });
    }
  });
});
server.on("listening", () => console.log("ready"));
