using Refresher.Api;
using Refresher.Core;
using Refresher.Core.Execution;
using Refresher.ServiceDefaults;
using Refresher.Tasks;

if (HealthQuestion.IsAsked(args))
{
    return await HealthQuestion.AskAsync();
}

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRefresherData(TaskCatalog.Kinds, maxPoolSize: 20);
builder.AddNode("api");
builder.AddApi();

var app = builder.Build();
app.UseApi();
app.MapApi();
app.MapDefaultEndpoints();
await app.RunAsync();
return 0;
