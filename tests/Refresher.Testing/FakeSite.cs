using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Refresher.Testing;

/// <summary>A server on raw sockets of 127.0.0.1 that misbehaves as a test wants it to: each connection is one call.</summary>
public sealed class FakeSite : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2? _certificate;
    private readonly Func<FakeCall, Task> _answer;
    private readonly Task _serving;
    private int _calls;

    private FakeSite(Func<FakeCall, Task> answer, X509Certificate2? certificate)
    {
        (_answer, _certificate) = (answer, certificate);
        _listener.Start(512);
        _serving = ServeAsync();
    }

    /// <summary>With a slash at the end; the address, not a name.</summary>
    public Uri Url => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port}/");

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <param name="answer">Answers a call whose request's head has been read.</param>
    /// <param name="certificate">Speaks TLS with it.</param>
    public static FakeSite Start(Func<FakeCall, Task> answer, X509Certificate2? certificate = null) => new(answer, certificate);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var going = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_end.Token);
                going.RemoveAll(call => call.IsCompleted);
                going.Add(AnswerAsync(socket, Interlocked.Increment(ref _calls)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(going);
        }
    }

    private async Task AnswerAsync(Socket socket, int number)
    {
        await Task.Yield();
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _end.Token);
            }

            var call = new FakeCall(socket, stream, number, _end.Token);
            await call.ReadHeadAsync();
            await _answer(call);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The other side has gone, as sides do.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }
}

/// <summary>One connection to a <see cref="FakeSite"/>.</summary>
/// <param name="number">1 for the first.</param>
/// <param name="ended">The test is over.</param>
public sealed class FakeCall(Socket socket, Stream stream, int number, CancellationToken ended)
{
    public int Number => number;

    public CancellationToken Ended => ended;

    /// <summary>The request's head as it came.</summary>
    public string Head { get; private set; } = "";

    /// <summary>What is asked for: <c>/</c>.</summary>
    public string Path => Head.Split(' ') is [_, var path, ..] ? path : "";

    /// <summary>Sends bytes as they are.</summary>
    public Task SendAsync(byte[] bytes) => stream.WriteAsync(bytes, ended).AsTask();

    /// <summary>Sends characters as they are, one byte each.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>A whole answer.</summary>
    /// <param name="headers">Lines without their ends.</param>
    public Task AnswerAsync(string body, int status = 200, params string[] headers)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = string.Concat(headers.Append(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes.Length}")).Select(header => header + "\r\n"));
        return SendAsync([.. Encoding.Latin1.GetBytes($"HTTP/1.1 {status} As said\r\n{head}\r\n"), .. bytes]);
    }

    public Task RedirectAsync(string to, int status = 302) => AnswerAsync("", status, "Location: " + to);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    /// <summary>Says that nothing more will be sent, and goes on listening.</summary>
    public void ShutDownSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Does nothing until the test, or the other side, is over.</summary>
    public async Task StayAsync()
    {
        var buffer = new byte[1024];
        while (await stream.ReadAsync(buffer, ended) > 0)
        {
            // Whatever comes is heard and not answered.
        }
    }

    /// <summary>Sends the same again and again, with a wait between, until the other side has had enough.</summary>
    public async Task RepeatAsync(byte[] bytes, TimeSpan wait = default)
    {
        while (true)
        {
            await SendAsync(bytes);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, ended);
            }
        }
    }

    internal async Task ReadHeadAsync()
    {
        var buffer = new byte[16 * 1024];
        var (length, head) = (0, -1);
        while ((head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ended);
            length += read > 0 ? read : throw new IOException("It went away before it asked.");
        }

        Head = Encoding.Latin1.GetString(buffer, 0, head + 4);
    }
}
