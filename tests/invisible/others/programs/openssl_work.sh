#!/bin/sh
# openssl: digests, several processes, a key, and TLS over a loopback connection.
set -eu
openssl rand -out data 3000000
openssl dgst -sha256 -sha512 data >/dev/null
openssl speed -multi 2 -seconds 1 -bytes 64 sha256 >speed.out 2>&1
grep -c '^sha256 ' speed.out
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
    -subj /CN=localhost >/dev/null 2>&1
: >server.out # there before the shell of the server makes it
openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem -naccept 2 -WWW >server.out 2>&1 &
server=$!
until grep -q '^ACCEPT' server.out; do
    sleep 0.05
done
port=$(sed -n 's/^ACCEPT .*://p' server.out | head -1)
for protocol in -tls1_2 -tls1_3; do
    printf 'GET /data HTTP/1.0\r\n\r\n' |
        openssl s_client -connect "127.0.0.1:$port" $protocol -CAfile cert.pem \
            -verify_return_error -quiet -ign_eof 2>client.out >answer
    cat client.out
    tail -c 3000000 answer | cmp - data && echo "$protocol: the same data"
done
status=0
wait $server || status=$?
echo "server: $status"
rm data speed.out key.pem cert.pem server.out client.out answer
