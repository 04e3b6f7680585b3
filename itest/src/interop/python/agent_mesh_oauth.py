"""The OAuth client of Solace Agent Mesh without the rest of it, which needs a hundred packages more."""

import importlib.metadata
import importlib.util
import sys

files = importlib.metadata.files("solace-agent-mesh")
init = next(f for f in files if str(f).endswith("solace_agent_mesh/common/oauth/__init__.py")).locate()
spec = importlib.util.spec_from_file_location(
    "solace_agent_mesh_oauth", init, submodule_search_locations=[str(init.parent)]
)
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
OAuth2Client = module.OAuth2Client
