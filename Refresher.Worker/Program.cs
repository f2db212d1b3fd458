using Refresher.Core;
using Refresher.Core.Execution;
using Refresher.ServiceDefaults;
using Refresher.Tasks;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRefresherData(TaskCatalog.Kinds, maxPoolSize: 20);
builder.AddWorker(TaskCatalog.Kinds);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
