// Node's socket.io server: websocket only, one room a thing, what a member of staff says goes to the whole room.
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });

io.on("connection", (socket) => {
  socket.on("enter", (kind, id, answer) => {
    const room = `${kind}:${id}`;
    socket.join(room);
    answer({ ok: true, count: io.sockets.adapter.rooms.get(room).size });
  });
  socket.on("say", (kind, id, message) => {
    io.to(`${kind}:${id}`).emit("ring", message);
  });
});

http.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 1024 }, () => console.log("ready"));
