using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Refresher.Testing;

/// <summary>Certificates that nobody trusts.</summary>
public static class SelfSigned
{
    /// <summary>For <c>localhost</c>, valid for a day.</summary>
    public static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }
}
