// node-routeros (npm) against routeros-sim. Usage: node check_node_routeros.js PATH-OF-routeros-sim
// Needs node-routeros on NODE_PATH.
'use strict';

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const readline = require('node:readline');
const { RouterOSAPI } = require('node-routeros');

const USER = 'api';
const PASSWORD = 's3creto=x';
// The package writes windows-1252, so a comment in that code page is what it can carry.
const COMMENT = 'mesa 3, ñandú';

async function withRouter(binary, version, tls, check) {
    const args = ['--listen', '127.0.0.1:0', '--version', version, '--user', USER, '--password', PASSWORD];
    const router = spawn(binary, tls ? [...args, '--tls'] : args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => router.on('exit', (code) => resolve(code)));
    try {
        const lines = readline.createInterface({ input: router.stdout });
        const first = await new Promise((resolve) => lines.once('line', resolve));
        await check(Number(first.slice(first.lastIndexOf(':') + 1)));
    } finally {
        router.kill('SIGTERM');
        assert.strictEqual(await ended, 0, 'routeros-sim ended badly');
    }
}

async function refusal(promise) {
    try {
        await promise;
    } catch (error) {
        return String(error.message || error.errno || error);
    }
    throw new Error('was accepted');
}

async function check(port, version, tls) {
    const options = { host: '127.0.0.1', port, user: USER, timeout: 20, keepalive: false };
    if (tls) {
        options.tls = { rejectUnauthorized: false };
    }
    await refusal(new RouterOSAPI({ ...options, password: 'wrong' }).connect());

    const api = new RouterOSAPI({ ...options, password: PASSWORD });
    await api.connect();
    const [identity] = await api.write('/system/identity/print');
    assert.strictEqual(identity.name, 'MikroTik');
    const [resource] = await api.write('/system/resource/print');
    assert.ok(resource.version.startsWith(version), resource.version);

    const [added] = await api.write('/ip/hotspot/user/add', [
        '=name=ana', '=password=clave', '=profile=1hora', `=comment=${COMMENT}`,
    ]);
    assert.ok(added.ret.startsWith('*'));
    await api.write('/ip/hotspot/user/add', ['=name=eva', '=disabled=yes']);
    const rows = await api.write('/ip/hotspot/user/print', ['=.proplist=.id,name,comment', '?name=ana']);
    assert.deepStrictEqual(rows, [{ '.id': added.ret, name: 'ana', comment: COMMENT }]);
    const both = await api.write('/ip/hotspot/user/print', ['?name=ana', '?name=eva', '?#|']);
    assert.deepStrictEqual(both.map((row) => row.name).sort(), ['ana', 'eva']);

    const text = await refusal(api.write('/ip/hotspot/user/add', ['=name=ana']));
    assert.match(text, /already have user with this name/);

    // Several at once on one connection.
    const names = await Promise.all(
        ['ana', 'eva'].map(async (name) => (await api.write('/ip/hotspot/user/print', [`?name=${name}`]))[0].name),
    );
    assert.deepStrictEqual(names, ['ana', 'eva']);

    await api.write('/ip/hotspot/user/set', [`=.id=${added.ret}`, '=disabled=yes', '=limit-uptime=90m']);
    const [row] = await api.write('/ip/hotspot/user/print', ['?name=ana']);
    assert.deepStrictEqual([row['limit-uptime'], row.disabled], ['1h30m', 'true']);
    await api.write('/ip/hotspot/user/remove', [`=.id=${added.ret}`]);
    const left = await api.write('/ip/hotspot/user/print', ['=.proplist=name', '?disabled=true']);
    assert.deepStrictEqual(left.map((user) => user.name), ['eva']);
    if (version !== '7.18') {
        // The package does not know `!empty`, which routers send from 7.18 on.
        assert.deepStrictEqual(await api.write('/ip/hotspot/user/print', ['?name=ana']), []);
    }
    await api.close();
}

async function main() {
    for (const version of ['6.42', '6.49', '7.17', '7.18']) {
        for (const tls of [false, true]) {
            await withRouter(process.argv[2], version, tls, (port) => check(port, version, tls));
            console.log(`node-routeros: ${version}${tls ? ' TLS' : ''} ok`);
        }
    }
}

main().then(
    () => process.exit(0),
    (error) => {
        console.error(error);
        process.exit(1);
    },
);
