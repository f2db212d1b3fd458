using Refresher.Core.Access;

namespace Refresher.Web.Access;

/// <summary><c>dotnet Refresher.Web.dll reset-admin</c>: the way back in when the password is lost.</summary>
internal static class ResetAdmin
{
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        try
        {
            var password = await scope.ServiceProvider.GetRequiredService<FirstLogin>().ResetAdminAsync(CancellationToken.None);
            Console.WriteLine($"user:     {FirstLogin.AdminName}");
            Console.WriteLine($"password: {password}");
            return 0;
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync($"The password was not changed: {error.GetBaseException().Message}");
            return 1;
        }
    }
}
