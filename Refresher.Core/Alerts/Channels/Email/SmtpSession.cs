using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Refresher.Core.Access;

namespace Refresher.Core.Alerts.Channels.Email;

/// <summary>
/// A conversation with a mail server (RFC 5321), with STARTTLS (RFC 3207) and AUTH PLAIN or LOGIN (RFC 4954). .NET's own client would connect
/// past the <see cref="AddressGuard"/>, and keeps what the server answers to itself.
/// </summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private const int MostLine = 4096, MostLines = 100;

    private readonly byte[] _buffer = new byte[MostLine];
    private Stream _stream;
    private int _begin, _end;
    private HashSet<string> _offers = [];
    private string[] _logins = [];

    private SmtpSession(Stream stream) => _stream = stream;

    /// <summary>Connects, secures the connection and logs in.</summary>
    /// <exception cref="SmtpException">The server says no.</exception>
    public static async Task<SmtpSession> OpenAsync(AddressGuard guard, EmailSettings settings, CancellationToken cancel)
    {
        var socket = await guard.ConnectAsync(settings.Host, settings.Port, cancel);
        var session = new SmtpSession(new NetworkStream(socket, ownsSocket: true));
        try
        {
            if (settings.Security == MailSecurity.Tls)
            {
                await session.EncryptAsync(settings, cancel);
            }

            await session.ExpectAsync("Greeting", 220, cancel);
            await session.GreetAsync(cancel);
            if (settings.Security == MailSecurity.StartTls)
            {
                await session.StartTlsAsync(settings, cancel);
            }

            if (settings is { User: { Length: > 0 } user, Password: { Length: > 0 } password })
            {
                await session.LogInAsync(user, password, cancel);
            }

            return session;
        }
        catch
        {
            await session._stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands a mail over. The server's answer to its end is the answer; addresses it would not take are named in it.</summary>
    public async Task<ChannelAnswer> SendAsync(string from, IReadOnlyList<string> to, byte[] mail, CancellationToken cancel)
    {
        await CommandAsync($"MAIL FROM:<{from}>", "Sender", 250, cancel);
        var refused = new List<SmtpException>();
        foreach (var address in to)
        {
            try
            {
                await CommandAsync($"RCPT TO:<{address}>", address, 250, cancel);
            }
            catch (SmtpException one)
            {
                refused.Add(one);
            }
        }

        if (refused.Count == to.Count)
        {
            // One that may be taken later is worth another try.
            throw refused.FirstOrDefault(one => !one.IsPermanent) ?? refused[0];
        }

        await CommandAsync("DATA", "Data", 354, cancel);
        await _stream.WriteAsync(Stuffed(mail), cancel);
        var reply = await ExpectAsync("Mail", 250, cancel);
        await QuitAsync(cancel);
        return ChannelAnswer.Sent(reply.Code, string.Join(" ", refused.Select(one => $"Not to {one.During}: {one.Reply}").Prepend(reply.Text)));
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task GreetAsync(CancellationToken cancel)
    {
        var lines = (await CommandAsync("EHLO [127.0.0.1]", "EHLO", 250, cancel)).Lines;
        _offers = [.. lines.Skip(1).Select(line => line.Split(' ')[0].ToUpperInvariant())];
        _logins = [.. lines.Where(line => line.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase)).SelectMany(line => line.ToUpperInvariant().Split(' ').Skip(1))];
    }

    private async Task StartTlsAsync(EmailSettings settings, CancellationToken cancel)
    {
        if (!_offers.Contains("STARTTLS"))
        {
            throw new SmtpException("STARTTLS", null, "The server does not offer it. Choose tls or, for a relay without a password, none.", isPermanent: true);
        }

        await CommandAsync("STARTTLS", "STARTTLS", 220, cancel);
        if (_begin != _end)
        {
            throw new IOException("The server spoke before the connection was secured; what it said cannot be trusted.");
        }

        await EncryptAsync(settings, cancel);
        await GreetAsync(cancel);
    }

    private async Task EncryptAsync(EmailSettings settings, CancellationToken cancel)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        var options = new SslClientAuthenticationOptions { TargetHost = settings.Host };
        if (settings.Trusted() is { } trusted)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }

        await tls.AuthenticateAsClientAsync(options, cancel);
    }

    private async Task LogInAsync(string user, string password, CancellationToken cancel)
    {
        const string During = "Login";
        if (_logins.Contains("PLAIN"))
        {
            await CommandAsync("AUTH PLAIN " + Base64($"\0{user}\0{password}"), During, 235, cancel);
        }
        else if (_logins.Contains("LOGIN"))
        {
            await CommandAsync("AUTH LOGIN", During, 334, cancel);
            await CommandAsync(Base64(user), During, 334, cancel);
            await CommandAsync(Base64(password), During, 235, cancel);
        }
        else
        {
            throw new SmtpException(During, null, $"The server offers no way to log in that is known here (PLAIN, LOGIN); it offers: {string.Join(", ", _logins.DefaultIfEmpty("none"))}.", isPermanent: true);
        }
    }

    private async Task QuitAsync(CancellationToken cancel)
    {
        try
        {
            await CommandAsync("QUIT", "Quit", 221, cancel);
        }
        catch (Exception late) when (late is SmtpException or IOException or OperationCanceledException)
        {
            // The mail was taken; how the server says goodbye does not change that.
        }
    }

    private async Task<Reply> CommandAsync(string command, string during, int expected, CancellationToken cancel)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancel);
        return await ExpectAsync(during, expected, cancel);
    }

    private async Task<Reply> ExpectAsync(string during, int expected, CancellationToken cancel)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await ReadLineAsync(cancel);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) || lines.Count == MostLines)
            {
                throw new IOException($"That is no mail server: it says '{line[..Math.Min(line.Length, 100)]}'.");
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-')
            {
                // 251: taken, and forwarded.
                return code == expected || (expected == 250 && code == 251)
                    ? new Reply(code, lines, $"{code} {string.Join(" ", lines)}")
                    : throw new SmtpException(during, code, $"{code} {string.Join(" ", lines)}", code is >= 500);
            }
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (_buffer.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n') is >= 0 and var length)
            {
                var line = Encoding.UTF8.GetString(_buffer, _begin, length).TrimEnd('\r');
                _begin += length + 1;
                return line;
            }

            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
            var read = _end == MostLine ? throw new IOException("The server's line has no end.") : await _stream.ReadAsync(_buffer.AsMemory(_end), cancel);
            _end += read > 0 ? read : throw new IOException("The server closed the connection.");
        }
    }

    /// <summary>A line that begins with a dot gets another one, and the end is a dot alone (RFC 5321, 4.5.2).</summary>
    private static byte[] Stuffed(byte[] mail) =>
        Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(mail).Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".\r\n");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed record Reply(int Code, IReadOnlyList<string> Lines, string Text);
}

/// <summary>A mail server said no.</summary>
/// <param name="during">What was being said: a step, or the address that was refused.</param>
internal sealed class SmtpException(string during, int? code, string reply, bool isPermanent) : Exception($"{during}: {reply}")
{
    public string During => during;

    public int? Code => code;

    public string Reply => reply;

    /// <summary>5xx: it will say the same again.</summary>
    public bool IsPermanent => isPermanent;
}
