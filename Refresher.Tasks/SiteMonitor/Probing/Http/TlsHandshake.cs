using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>Secures a connection and judges the server's certificate; its expiry is known even when it is refused.</summary>
internal sealed class TlsHandshake(CertificateVerdicts verdicts, string host, bool verify, Look look)
{
    private string? _refusal;

    /// <param name="protocol">What is to be spoken: HTTP/1.1 or 2.</param>
    /// <exception cref="CheckFailedException">No TLS, or a certificate that is refused.</exception>
    public async ValueTask<SslStream> SecureAsync(Stream stream, SslApplicationProtocol protocol, CancellationToken cancel)
    {
        look.Stage = LookStage.Securing;
        var began = look.Now;
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    ApplicationProtocols = [protocol],
                    // A resumed session would measure half a handshake.
                    AllowTlsResume = false,
                    CertificateChainPolicy = CertificateVerdicts.Nobody(),
                    RemoteCertificateValidationCallback = Accept,
                },
                cancel);
            return tls;
        }
        catch (Exception error)
        {
            await tls.DisposeAsync();
            throw error switch
            {
                AuthenticationException => new CheckFailedException(CheckFault.Tls, _refusal ?? Words(error), error),
                IOException { InnerException: SocketException socket } => CheckFailedException.Of(socket, look.Peer!.ToString()),
                IOException => new CheckFailedException(CheckFault.Tls, $"{look.Peer} ended the connection within the TLS handshake", error),
                _ => error,
            };
        }
        finally
        {
            look.Secured(began);
        }
    }

    private static string Words(Exception error)
    {
        var inner = error.InnerException ?? error;
        return inner.Message.Contains("frame", StringComparison.OrdinalIgnoreCase) ? "the server does not speak TLS" : $"the TLS handshake failed: {inner.Message}";
    }

    private bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is X509Certificate2 known)
        {
            look.CertificateExpiresAt = new DateTimeOffset(known.NotAfter.ToUniversalTime());
        }

        _refusal = verify ? Refusal(certificate as X509Certificate2, chain, errors) : null;
        return _refusal is null;
    }

    private string? Refusal(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return "the server shows no certificate";
        }

        var now = look.Clock.GetUtcNow();
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        if (until < now)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the certificate expired on {until:yyyy-MM-dd HH:mm} UTC");
        }

        if (from > now)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the certificate is not valid before {from:yyyy-MM-dd HH:mm} UTC");
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"the certificate is not for {host} but for {Names(certificate)}"
            : verdicts.Refusal(certificate, chain?.ChainPolicy.ExtraStore ?? []);
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension =>
            extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString()))).Take(5).ToList();
        return PlainText.Cut(names.Count > 0 ? string.Join(", ", names) : certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), 200);
    }
}
