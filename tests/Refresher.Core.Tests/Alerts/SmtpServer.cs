using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Threading.Channels;
using Refresher.Testing;

namespace Refresher.Core.Tests.Alerts;

/// <summary>A real mail server (Debian's python3-aiosmtpd) with STARTTLS and a login, and the mail it took.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    public const string User = "refresher", Password = "correct horse";

    private const string Script = """
        import asyncio, json, ssl, sys
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult

        port, mechanism, certificate, key = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith('nobody'):
                    return '550 5.1.1 No such mailbox'
                if address.startswith('later'):
                    return '450 4.2.1 Mailbox busy'
                envelope.rcpt_tos.append(address)
                return '250 OK'
            async def handle_DATA(self, server, session, envelope):
                print(json.dumps({'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'tls': session.ssl is not None, 'login': session.authenticated, 'mail': envelope.content.decode('ascii')}), flush=True)
                return '250 2.0.0 Queued as 4711'

        def login(server, session, envelope, mechanism, data):
            return AuthResult(success=data.login == b'refresher' and data.password == b'correct horse', handled=False)

        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        controller = Controller(Handler(), hostname='127.0.0.1', port=port, tls_context=tls, require_starttls=True, auth_required=True, authenticator=login,
            auth_exclude_mechanism=['PLAIN' if mechanism == 'LOGIN' else 'LOGIN'])
        controller.start()
        print('ready', flush=True)
        sys.stdin.read()
        controller.stop()
        """;

    private readonly Process _process;
    private readonly string _folder;
    private readonly Channel<JsonElement> _mails = Channel.CreateUnbounded<JsonElement>();

    private SmtpServer(Process process, string folder, int port, string ca) => (_process, _folder, Port, Ca) = (process, folder, port, ca);

    public int Port { get; }

    /// <summary>The certificate to trust, in PEM.</summary>
    public string Ca { get; }

    /// <param name="mechanism">The only way to log in: <c>PLAIN</c> or <c>LOGIN</c>.</param>
    public static async Task<SmtpServer> StartAsync(string mechanism = "PLAIN")
    {
        var folder = Directory.CreateTempSubdirectory("refresher-smtp-").FullName;
        using var certificate = SelfSigned.Certificate();
        var (certificateFile, keyFile, script) = (Path.Combine(folder, "server.pem"), Path.Combine(folder, "server.key"), Path.Combine(folder, "server.py"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(script, Script);
        var port = FreePort.Next();
        var start = new ProcessStartInfo("/usr/bin/python3", [script, port.ToString(System.Globalization.CultureInfo.InvariantCulture), mechanism, certificateFile, keyFile])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("python3 could not be started.");
        var ready = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (ready != "ready")
        {
            throw new InvalidOperationException("The mail server did not start (Debian: apt-get install python3-aiosmtpd): " + await process.StandardError.ReadToEndAsync());
        }

        var server = new SmtpServer(process, folder, port, certificate.ExportCertificatePem());
        _ = server.ReadAsync();
        return server;
    }

    public async Task<JsonElement> NextAsync() => await _mails.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public bool HasMore => _mails.Reader.Count > 0;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _mails.Writer.TryWrite(JsonSerializer.Deserialize<JsonElement>(line));
        }
    }
}
