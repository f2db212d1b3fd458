using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>
/// Whether this machine trusts a chain of certificates. To ask its store costs as much as the rest of a handshake, and the answer is the same for the
/// same certificates: it is kept for a while. Nothing is downloaded: what a certificate names as its issuer's address may be any address.
/// </summary>
internal sealed class CertificateVerdicts(IOptions<ProbingOptions> options, TimeProvider clock)
{
    private const int MostKept = 20_000;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(10);

    private readonly X509Certificate2Collection _authorities = Read(options.Value.TrustedAuthorities);
    private readonly ConcurrentDictionary<string, Verdict> _kept = new(StringComparer.Ordinal);

    /// <summary>For a handshake: trusts nobody, which is quick. Who is trusted is asked of <see cref="Refusal"/>.</summary>
    public static X509ChainPolicy Nobody() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    /// <summary>Why the chain is not trusted, in words; null when it is. Name and time of the certificate itself are not looked at.</summary>
    /// <param name="sent">What else the server sent.</param>
    public string? Refusal(X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        var key = KeyOf(certificate, sent);
        if (_kept.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At) < Keep)
        {
            return known.Refusal;
        }

        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        return (_kept[key] = new Verdict(Ask(certificate, sent), clock.GetTimestamp())).Refusal;
    }

    private static X509Certificate2Collection Read(string? path)
    {
        var authorities = new X509Certificate2Collection();
        if (!string.IsNullOrEmpty(path))
        {
            try
            {
                authorities.ImportFromPemFile(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new InvalidOperationException($"{ProbingOptions.Section}:{nameof(ProbingOptions.TrustedAuthorities)}: {path} cannot be read: {error.Message}", error);
            }
        }

        return authorities;
    }

    private static string KeyOf(X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(certificate.RawDataMemory.Span);
        foreach (var other in sent)
        {
            hash.AppendData(other.RawDataMemory.Span);
        }

        return Convert.ToBase64String(hash.GetHashAndReset());
    }

    private string? Ask(X509Certificate2 certificate, X509Certificate2Collection sent) =>
        Ask(certificate, sent, null) is { } refusal && (_authorities.Count == 0 || Ask(certificate, sent, _authorities) is not null) ? refusal : null;

    private static string? Ask(X509Certificate2 certificate, X509Certificate2Collection sent, X509Certificate2Collection? authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        if (authorities is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (chain.Build(certificate))
        {
            return null;
        }

        // The certificate's own time is told with its date, by whoever asks.
        var own = X509ChainStatusFlags.NotTimeValid;
        var states = chain.ChainStatus.Where(state => state.Status != own || chain.ChainElements.Skip(1).Any(element => element.ChainElementStatus.Any(status => status.Status == own))).ToList();
        return states.Count == 0 ? null
            : !states.Exists(state => state.Status is X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain) ? $"the certificate is not valid: {states[0].StatusInformation}"
            : certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) ? "the certificate is self-signed"
            : $"the certificate was issued by {PlainText.Cut(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true), 100)}, which this machine does not trust";
    }

    private sealed record Verdict(string? Refusal, long At);
}
