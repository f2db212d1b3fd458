using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Refresher.Api.Tests;

public sealed class FirstStartTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Fact]
    public void Nothing_reads_the_keys_before_the_schema_is_there() =>
        Assert.DoesNotContain(api.Services.GetServices<IHostedService>(), service => service.GetType().Assembly == typeof(KeyManagementOptions).Assembly);
}
